// As much of a browser as the player needs. Setting markup throws: a page may only set text.
const made = [];

class Element {
  constructor(tag) {
    this.tagName = tag.toUpperCase();
    this.children = [];
    this.attributes = {};
    this.listeners = {};
    this.style = {};
    this.dataset = {};
    this.classList = { add() {} };
    this.own = "";
    this.value = "";
    this.clientWidth = 400;
    made.push(this);
  }
  get textContent() { return this.own + this.children.map((one) => one.textContent).join(""); }
  set textContent(text) { this.own = String(text); this.children = []; }
  set innerHTML(text) { throw new Error("markup"); }
  set outerHTML(text) { throw new Error("markup"); }
  insertAdjacentHTML() { throw new Error("markup"); }
  append(...more) { this.children.push(...more); }
  after() {}
  replaceChildren(...more) { this.children = more; }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(name, act) { (this.listeners[name] ||= []).push(act); }
  fire(name, event = {}) { for (const act of this.listeners[name] || []) act({ target: this, preventDefault() {}, ...event }); }
  querySelector(tag) { return this.children.find((one) => one.tagName === tag.toUpperCase()) || null; }
  getBoundingClientRect() { return { left: 0, top: 0, width: 400, height: 400 }; }
  setPointerCapture() {}
  getContext() {
    const known = {
      measureText: () => ({ width: 10 }),
      createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
      getImageData: (x, y, width, height) => ({ data: new Uint8ClampedArray(4 * width * height).fill(this.ink || 0) }),
    };
    return new Proxy({}, { get: (own, name) => own[name] ?? known[name] ?? (() => {}), set: (own, name, value) => ((own[name] = value), true) });
  }
}

function stubBrowser(blocks) {
  const known = {};
  const root = new Element("html");
  const target = new Element("window");
  globalThis.document = new Element("document");
  Object.assign(document, {
    documentElement: root,
    createElement: (tag) => new Element(tag),
    getElementById: (id) => (known[id] ||= Object.assign(new Element(id), { own: blocks[id] || "" })),
  });
  globalThis.window = Object.assign(target, { devicePixelRatio: 1, matchMedia: () => new Element("media") });
  globalThis.getComputedStyle = () => ({ getPropertyValue: () => " #336699" });
  return { known, root, made };
}
