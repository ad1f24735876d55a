// The views of a run. Each function adds a card to the page and returns how it draws a frame.

const MAP_SIDE = 80;
const CURVE_POINTS = 200;

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function card(title, place = "views") {
  const made = element("section", undefined, "card");
  made.append(element("h2", title));
  document.getElementById(place).append(made);
  return made;
}

function picture(parent, label) {
  const canvas = element("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  parent.append(canvas);
  return canvas;
}

// Replace {name} in a text of the page.
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function className(page, number) {
  return page.classes[number] === undefined ? String(number) : page.classes[number];
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

// Return predictions of points in the units of the data, by some weights.
function predictedAt(page, weights, x, count) {
  const outputs = forward(page.layers, weights, scaled(page.inputs, x), count);
  return predictions(page.output, outputs, count);
}

// Return how a legend entry for a kind of points looks.
function legendEntry(text, draw) {
  const entry = element("span");
  const canvas = element("canvas");
  canvas.width = 40;
  canvas.height = 40;
  entry.append(canvas, element("span", text));
  const redraw = () => {
    const context = canvas.getContext("2d");
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.clearRect(0, 0, 20, 20);
    draw(context);
  };
  return { entry, redraw };
}

function mapView(page, weightsAt) {
  const { points, texts } = page;
  const view = card(texts.map);
  const { form } = page.output;
  const isValues = form === "values";
  const labels = form === "labels" ? page.classes.length : 1;
  let label = 0;
  let shown = 0;
  if (labels > 1) {
    const choice = element("select", undefined, "screen-only");
    choice.setAttribute("aria-label", texts.label);
    page.classes.forEach((name, i) => {
      const option = element("option", name);
      option.value = String(i);
      choice.append(option);
    });
    choice.addEventListener("change", () => {
      label = Number(choice.value);
      draw(shown);
    });
    view.append(choice);
  }
  const canvas = picture(view, texts.map);
  const legend = element("div", undefined, "legend");
  const names = labels > 1 || isValues ? [] : page.classes;
  const entries = names.map((name, i) =>
    legendEntry(name, (context) => marker(context, 10, 10, i, colour(`class-${i}`), false, 6)));
  if (points.parts.some((part) => part > 0)) {
    entries.push(legendEntry(texts.held_out, (context) => marker(context, 10, 10, 0, colour("muted"), true, 6)));
  }
  legend.append(...entries.map((one) => one.entry));
  view.append(legend);
  const width = points.y.length / points.parts.length;
  const targets = points.parts.map((_, i) => points.y[i * width + (labels > 1 ? label : 0)]);
  const low = targets.reduce((a, b) => Math.min(a, b), Infinity);
  const high = targets.reduce((a, b) => Math.max(a, b), -Infinity);
  const area = page.stored.map
    ? page.stored.map.area
    : [points.low[0], points.high[0], points.low[1], points.high[1]];
  const ratio = clipped((area[3] - area[2]) / (area[1] - area[0]), 0.6, 1);
  const reading = element("p", page.layers ? texts.ask : "", "reading screen-only");
  view.append(reading);

  function grid(frame) {
    if (!page.stored.map) return computedGrid(frame);
    const { rows, columns, values, winners, labels: stored } = page.stored.map;
    const length = rows * columns;
    const start = (frame * stored + label) * length;
    const span = page.stored.map.high - page.stored.map.low;
    return {
      rows,
      columns,
      value: (i) => page.stored.map.low + (span * values[start + i]) / 255,
      winner: winners ? (i) => winners[frame * length + i] : null,
    };
  }

  function computedGrid(frame) {
    const count = MAP_SIDE * MAP_SIDE;
    const x = new Float64Array(2 * count);
    for (let i = 0; i < count; i += 1) {
      x[2 * i] = area[0] + ((area[1] - area[0]) * (i % MAP_SIDE)) / (MAP_SIDE - 1);
      x[2 * i + 1] = area[2] + ((area[3] - area[2]) * Math.floor(i / MAP_SIDE)) / (MAP_SIDE - 1);
    }
    const found = predictedAt(page, weightsAt(frame), x, count);
    const each = found.length / count;
    if (isValues) return { rows: MAP_SIDE, columns: MAP_SIDE, value: (i) => found[i * each], winner: null };
    if (form === "labels") return { rows: MAP_SIDE, columns: MAP_SIDE, value: (i) => found[i * each + label], winner: null };
    if (each === 2) return { rows: MAP_SIDE, columns: MAP_SIDE, value: (i) => found[2 * i + 1], winner: null };
    const winners = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) {
      for (let c = 1; c < each; c += 1) if (found[i * each + c] > found[i * each + winners[i]]) winners[i] = c;
    }
    return { rows: MAP_SIDE, columns: MAP_SIDE, value: (i) => found[i * each + winners[i]], winner: (i) => winners[i] };
  }

  function pixels(map) {
    const surface = channels(colour("surface"));
    const kinds = Array.from({ length: 10 }, (_, i) => channels(colour(`class-${i}`)));
    const stops = sequence();
    const least = 1 / Math.max(2, page.classes.length);
    const source = document.createElement("canvas");
    source.width = map.columns;
    source.height = map.rows;
    const context = source.getContext("2d");
    const image = context.createImageData(map.columns, map.rows);
    for (let row = 0; row < map.rows; row += 1) {
      for (let column = 0; column < map.columns; column += 1) {
        const i = row * map.columns + column;
        const v = map.value(i);
        let own;
        if (isValues) own = mixed(onScale(stops, (v - low) / (high - low || 1)), surface, 0.6);
        else if (map.winner) own = mixed(kinds[map.winner(i)], surface, 0.15 + (0.45 * (v - least)) / (1 - least));
        else own = mixed(kinds[v > 0.5 ? 1 : 0], surface, 0.05 + 1.1 * Math.abs(v - 0.5));
        const at = 4 * ((map.rows - 1 - row) * map.columns + column);
        image.data.set([own[0], own[1], own[2], 255], at);
      }
    }
    context.putImageData(image, 0, 0);
    return source;
  }

  function draw(frame) {
    shown = frame;
    const p = plot(canvas, ratio, area, false);
    p.context.imageSmoothingEnabled = true;
    p.context.drawImage(pixels(grid(frame)), p.left, p.top, p.right - p.left, p.bottom - p.top);
    axes(p, false);
    const stops = isValues ? sequence() : [];
    points.parts.forEach((part, i) => {
      const target = points.y[i * width + label];
      const kind = isValues ? 0 : Math.round(target);
      const fill = isValues ? rgb(onScale(stops, (target - low) / (high - low || 1))) : colour(`class-${kind}`);
      marker(p.context, p.x(points.x[2 * i]), p.y(points.x[2 * i + 1]), kind, fill, part > 0, 4);
    });
    entries.forEach((one) => one.redraw());
    showAsked(canvas, p, false);
  }

  if (page.layers) {
    const answer = ([x, y]) => {
      const found = predictedAt(page, weightsAt(shown), [x, y], 1);
      const place = `(${short(x)}, ${short(y)})`;
      reading.textContent = filled(texts.at, { place, prediction: predictionText(page, found) });
    };
    asks(canvas, reading, answer, () => draw(shown));
  }
  return draw;
}

function predictionText(page, found) {
  if (page.output.form === "values") return Array.from(found, short).join(", ");
  const shares = Array.from(found, (share, i) => [className(page, i), share]);
  if (page.output.form !== "labels") shares.sort((one, other) => other[1] - one[1]);
  return shares.slice(0, 3).map(([name, share]) => `${name} ${percent(share)}`).join(" · ");
}

// Call `answer` with the place under the pointer, or where the arrow keys have moved a cross, in the
// units of the data. `draw` draws the view, and calls showAsked for the cross.
function asks(canvas, reading, answer, draw) {
  const read = (event) => {
    if (!canvas.plotted) return;
    const edges = canvas.getBoundingClientRect();
    const p = canvas.plotted;
    answer([p.xValue(event.clientX - edges.left), p.yValue(event.clientY - edges.top)]);
  };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  canvas.tabIndex = 0;
  reading.setAttribute("aria-live", "polite");
  canvas.addEventListener("pointermove", read);
  canvas.addEventListener("pointerdown", read);
  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey || !canvas.plotted) return;
    const { area } = canvas.plotted;
    const steps = event.shiftKey ? 200 : 40;
    const now = canvas.asked || [(area[0] + area[1]) / 2, (area[2] + area[3]) / 2];
    canvas.asked = moves[event.key].map((by, i) => {
      const [low, high] = [area[2 * i], area[2 * i + 1]];
      return clipped(now[i] + (by * (high - low)) / steps, low, high);
    });
    // The slider stays where it is.
    event.preventDefault();
    answer(canvas.asked);
    draw();
  });
  canvas.addEventListener("blur", () => {
    if (!canvas.asked) return;
    canvas.asked = null;
    draw();
  });
}

function showAsked(canvas, p, isVertical) {
  canvas.plotted = p;
  if (!canvas.asked) return;
  const [x, y] = [p.x(canvas.asked[0]), p.y(canvas.asked[1])];
  p.context.strokeStyle = colour("text");
  p.context.lineWidth = 2;
  if (isVertical) {
    line(p.context, x, p.top, x, p.bottom);
  } else {
    line(p.context, x - 9, y, x + 9, y);
    line(p.context, x, y - 9, x, y + 9);
  }
}

function curveView(page, weightsAt) {
  const { points, texts } = page;
  const view = card(texts.curve);
  const canvas = picture(view, texts.curve);
  const reading = element("p", page.layers ? texts.ask : "", "reading screen-only");
  view.append(reading);
  const stored = page.stored.curve;
  const [low, high] = [points.low[0], points.high[0]];
  const xs = stored ? stored.x : Float64Array.from({ length: CURVE_POINTS }, (_, i) => low + ((high - low) * i) / (CURVE_POINTS - 1));
  const bottom = points.y.reduce((a, b) => Math.min(a, b), Infinity);
  const top = points.y.reduce((a, b) => Math.max(a, b), -Infinity);
  const margin = 0.1 * (top - bottom || 1);
  const side = 0.02 * (high - low);
  let shown = 0;
  function draw(frame) {
    shown = frame;
    const p = plot(canvas, 0.7, [low - side, high + side, bottom - margin, top + margin], false);
    axes(p, true);
    points.parts.forEach((part, i) => {
      marker(p.context, p.x(points.x[i]), p.y(points.y[i]), 0, colour("points"), part > 0, 3);
    });
    const ys = stored
      ? stored.y.subarray(frame * xs.length, (frame + 1) * xs.length)
      : predictedAt(page, weightsAt(frame), xs, xs.length);
    curveLine(p, xs, ys, colour("fit"), 3);
    showAsked(canvas, p, true);
  }
  if (page.layers) {
    const answer = ([x]) => {
      const found = predictedAt(page, weightsAt(shown), [x], 1);
      reading.textContent = filled(texts.at, { place: short(x), prediction: short(found[0]) });
    };
    asks(canvas, reading, answer, () => draw(shown));
  }
  const legend = element("div", undefined, "legend");
  const entries = [legendEntry(texts.network, (context) => {
    context.strokeStyle = colour("fit");
    context.lineWidth = 3;
    line(context, 1, 10, 19, 10);
  })];
  if (points.parts.some((part) => part > 0)) {
    entries.push(legendEntry(texts.held_out, (context) => marker(context, 10, 10, 0, colour("points"), true, 6)));
  }
  legend.append(...entries.map((one) => one.entry));
  canvas.after(legend);
  return (frame) => {
    draw(frame);
    entries.forEach((one) => one.redraw());
  };
}

function confusionView(page, matrixAt, place) {
  const view = card(page.texts.confusion, place);
  const canvas = picture(view, page.texts.confusion);
  const note = element("p", "");
  view.append(note);
  return (frame) => {
    const matrix = matrixAt(frame);
    const classes = matrix.length;
    const { context, width, height } = prepared(canvas, clipped(0.2 + 0.12 * classes, 0.4, 1));
    const names = matrix.map((_, i) => className(page, i));
    const left = clipped(Math.max(...names.map((name) => context.measureText(name).width)) + 12, 24, width / 3);
    const [top, cell] = [26, (width - left) / classes];
    const down = (height - top) / classes;
    context.textBaseline = "middle";
    let right = 0;
    let total = 0;
    matrix.forEach((row, target) => {
      const sum = row.reduce((a, b) => a + b, 0);
      total += sum;
      right += row[target];
      context.fillStyle = colour("muted");
      context.textAlign = "right";
      context.fillText(names[target], left - 8, top + (target + 0.5) * down, left - 10);
      context.textAlign = "center";
      context.fillText(names[target], left + (target + 0.5) * cell, 12, cell - 4);
      row.forEach((count, predicted) => {
        const share = sum ? count / sum : 0;
        const strong = channels(colour(target === predicted ? "good" : "error"));
        const fill = mixed(strong, channels(colour("surface")), count ? 0.12 + 0.88 * share : 0);
        context.fillStyle = rgb(fill);
        context.fillRect(left + predicted * cell, top + target * down, cell - 1, down - 1);
        if (!count) return;
        context.fillStyle = fill[0] * 0.3 + fill[1] * 0.59 + fill[2] * 0.11 > 125 ? "#0b0f14" : "#ffffff";
        context.fillText(String(count), left + (predicted + 0.5) * cell, top + (target + 0.5) * down, cell - 4);
      });
    });
    const count = filled(page.texts.samples, { count: total });
    note.textContent = `${page.texts.rows} · ${count} · ${total ? percent(right / total) : "–"}`;
  };
}

// Return the confusion matrices of the points that are drawn, those held out if there are any.
function pointMatrices(page, weightsAt) {
  const { points } = page;
  const last = points.parts.reduce((a, b) => Math.max(a, b), 0);
  const chosen = points.parts.flatMap((part, i) => (part === last ? [i] : []));
  const x = chosen.flatMap((i) => [points.x[2 * i], points.x[2 * i + 1]]);
  return (frame) => {
    const found = predictedAt(page, weightsAt(frame), x, chosen.length);
    const classes = page.classes.length;
    const matrix = Array.from({ length: classes }, () => new Array(classes).fill(0));
    chosen.forEach((point, i) => {
      let best = 0;
      for (let c = 1; c < classes; c += 1) if (found[i * classes + c] > found[i * classes + best]) best = c;
      matrix[Math.round(points.y[point])][best] += 1;
    });
    return matrix;
  };
}

function chartView(page, chart) {
  const view = card(chart.log ? `${chart.title} (${page.texts.log})` : chart.title, "charts");
  const canvas = picture(view, chart.title);
  const legend = element("div", undefined, "legend");
  const entries = chart.lines.map((one, i) => legendEntry(one.name, (context) => {
    context.strokeStyle = colour(one.colour);
    context.lineWidth = 3;
    context.setLineDash(i ? [6, 4] : []);
    line(context, 1, 10, 19, 10);
  }));
  legend.append(...entries.map((one) => one.entry));
  view.append(legend);
  const xs = chart.lines.flatMap((one) => one.x);
  const ys = chart.lines.flatMap((one) => one.y);
  const low = Math.min(...ys);
  const high = Math.max(...ys);
  const margin = chart.log ? 0 : 0.05 * (high - low || 1);
  const end = Math.max(...xs, page.frames[page.frames.length - 1].step);
  const area = chart.log ? [0, end, low / 1.2, high * 1.2] : [0, end, low - margin, high + margin];
  return (frame) => {
    const p = plot(canvas, 0.5, area, chart.log);
    axes(p, true);
    chart.lines.forEach((one, i) => curveLine(p, one.x, one.y, colour(one.colour), 2, i ? [6, 4] : []));
    const x = p.x(page.frames[frame].step);
    p.context.strokeStyle = colour("text");
    p.context.lineWidth = 1.5;
    line(p.context, x, p.top, x, p.bottom);
    entries.forEach((one) => one.redraw());
  };
}
