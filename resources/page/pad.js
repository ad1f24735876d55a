// The pad: a digit that is drawn becomes a sample, which the network of the page predicts.

function padView(page, weights) {
  const { texts } = page;
  const side = page.in_shape[1];
  const view = card(texts.draw);
  view.classList.add("screen-only");
  const tools = element("div", undefined, "tools");
  const clear = element("button", texts.clear);
  const like = element("button", texts.like_data);
  const plain = element("button", texts.as_drawn);
  for (const one of [clear, like, plain]) one.type = "button";
  tools.append(clear, like, plain);
  const pad = element("div", undefined, "pad");
  const ink = picture(pad, texts.draw);
  ink.className = "ink";
  [ink.width, ink.height] = [280, 280];
  ink.style.aspectRatio = "1";
  const answers = element("div");
  const input = picture(answers, texts.input);
  input.className = "input";
  [input.width, input.height] = [side, side];
  const bars = element("div");
  bars.setAttribute("aria-live", "polite");
  answers.append(bars);
  pad.append(answers);
  view.append(pad);
  (view.querySelector("h2") || view).after(tools);
  const context = ink.getContext("2d", { willReadFrequently: true });
  let isPlain = false;
  let last = null;

  function wipe() {
    context.fillStyle = "#000";
    context.fillRect(0, 0, 280, 280);
    read();
  }

  function read() {
    const { data } = context.getImageData(0, 0, 280, 280);
    const image = { rows: 280, columns: 280, values: Float64Array.from({ length: 280 * 280 }, (_, i) => data[4 * i]) };
    const bytes = isPlain ? asDrawn(image, side) : side === 28 ? asInMnist(image) : asInDigits(image);
    const small = input.getContext("2d");
    const pixels = small.createImageData(side, side);
    bytes.forEach((v, i) => pixels.data.set([v, v, v, 255], 4 * i));
    small.putImageData(pixels, 0, 0);
    like.setAttribute("aria-pressed", String(!isPlain));
    plain.setAttribute("aria-pressed", String(isPlain));
    const isEmpty = bytes.every((v) => v === 0);
    const found = isEmpty ? null : predictedAt(page, weights, bytes.map((v) => v / 255), 1);
    const best = found ? found.indexOf(Math.max(...found)) : -1;
    bars.replaceChildren(...page.classes.map((name, i) => {
      const bar = element("div", undefined, i === best ? "bar best" : "bar");
      const length = element("div");
      length.style.width = `${found ? 100 * found[i] : 0}%`;
      bar.append(element("span", name), length, element("b", found ? percent(found[i]) : ""));
      return bar;
    }));
  }

  function place(event) {
    const edges = ink.getBoundingClientRect();
    return [((event.clientX - edges.left) * 280) / edges.width, ((event.clientY - edges.top) * 280) / edges.height];
  }

  ink.addEventListener("pointerdown", (event) => {
    ink.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last);
  });
  ink.addEventListener("pointermove", (event) => {
    if (last) stroke(place(event));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    ink.addEventListener(name, () => {
      last = null;
    });
  }

  function stroke(next) {
    context.strokeStyle = "#fff";
    context.lineWidth = 24;
    context.lineCap = "round";
    line(context, last[0], last[1], next[0] + 0.01, next[1]);
    last = next;
    read();
  }

  clear.addEventListener("click", wipe);
  like.addEventListener("click", () => {
    isPlain = false;
    read();
  });
  plain.addEventListener("click", () => {
    isPlain = true;
    read();
  });
  wipe();
}
