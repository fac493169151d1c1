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

// The mark of a form: the server says on the next page which one it has taken.
export function marked(form) {
  const field = { type: 'hidden', name: 'kept', value: Math.random().toString(36).slice(2) };
  return form.elements.kept || form.appendChild(Object.assign(document.createElement('input'), field));
}
