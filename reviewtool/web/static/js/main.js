// Attaches controllers/<name>.js to every [data-controller~="name"]. Each page works without this file.
for (const element of document.querySelectorAll('[data-controller]')) {
  for (const name of element.dataset.controller.split(/\s+/)) {
    import(`./controllers/${name}.js`).then((controller) => controller.default(element));
  }
}
