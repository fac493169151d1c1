// What the controllers share. Every page works without any of them.
export const one = (query, root = document) => root.querySelector(query);
export const all = (query, root = document) => [...root.querySelectorAll(query)];
export const byId = (id) => document.getElementById(id);
export const on = (target, type, act) => target.addEventListener(type, act);
export const box = (element) => element.getBoundingClientRect();

// Starts a controller on every [data-controller~=name]; one that fails leaves the others alone.
export function attach(name, start) {
  for (const element of all(`[data-controller~=${name}]`)) queueMicrotask(() => start(element));
}
