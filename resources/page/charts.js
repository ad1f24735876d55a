// Drawing on a canvas in the units of the page: colours of the theme, axes, markers.

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function mixed(one, other, share) {
  return one.map((v, i) => v * share + other[i] * (1 - share));
}

// Return the colour of the sequential scale at a share from 0 to 1.
function onScale(stops, share) {
  const at = clipped(share, 0, 1) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  return mixed(stops[low + 1], stops[low], at - low);
}

const sequence = () => [0, 1, 2, 3].map((i) => channels(colour(`sequence-${i}`)));
const rgb = (parts) => `rgb(${parts.map(Math.round).join(" ")})`;

// Return a number with about three significant digits.
function short(value) {
  if (!Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) return value.toExponential(1).replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

// Make a canvas sharp on this screen; return its context, width and height.
function prepared(canvas, ratio) {
  const width = canvas.clientWidth || 480;
  const height = Math.round(width * ratio);
  const scale = Math.min(3, Math.max(1, window.devicePixelRatio || 1));
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = colour("surface");
  context.fillRect(0, 0, width, height);
  context.font = `${width < 420 ? 13 : 15}px system-ui, sans-serif`;
  return { context, width, height };
}

function ticks(low, high, most) {
  const raw = (high - low) / most;
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i += 1) found.push(i * step);
  return found;
}

function logTicks(low, high) {
  const found = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); 10 ** power <= high * 1.0001; power += 1) found.push(10 ** power);
  return found.length > 1 ? found : [low, high];
}

// A plot with axes: `area` is [x low, x high, y low, y high] in the units of the data.
function plot(canvas, ratio, area, isLog) {
  const { context, width, height } = prepared(canvas, ratio);
  const [left, right, top, bottom] = [58, width - 24, 10, height - 30];
  const up = isLog ? Math.log10 : (v) => v;
  const [low, high] = [up(area[2]), up(area[3])];
  const x = (v) => left + ((v - area[0]) / (area[1] - area[0] || 1)) * (right - left);
  const y = (v) => bottom - ((up(v) - low) / (high - low || 1)) * (bottom - top);
  const xValue = (pixel) => area[0] + ((pixel - left) / (right - left)) * (area[1] - area[0]);
  const yValue = (pixel) => area[2] + ((bottom - pixel) / (bottom - top)) * (area[3] - area[2]);
  return { context, width, height, left, right, top, bottom, x, y, xValue, yValue, area, isLog };
}

function axes(p, drawsGrid) {
  const { context } = p;
  context.fillStyle = colour("muted");
  context.strokeStyle = colour("grid");
  context.lineWidth = 1;
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const v of ticks(p.area[0], p.area[1], Math.max(4, Math.floor(p.width / 90)))) {
    context.fillText(short(v), p.x(v), p.bottom + 8);
    if (drawsGrid) line(context, p.x(v), p.top, p.x(v), p.bottom);
  }
  context.textBaseline = "middle";
  context.textAlign = "right";
  const marks = p.isLog ? logTicks(p.area[2], p.area[3]) : ticks(p.area[2], p.area[3], 5);
  for (const v of marks) {
    context.fillText(short(v), p.left - 8, p.y(v));
    if (drawsGrid) line(context, p.left, p.y(v), p.right, p.y(v));
  }
}

function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function curveLine(p, xs, ys, style, width, dash) {
  const { context } = p;
  context.save();
  context.beginPath();
  context.rect(p.left, p.top - 2, p.right - p.left, p.bottom - p.top + 4);
  context.clip();
  context.strokeStyle = style;
  context.lineWidth = width;
  context.setLineDash(dash || []);
  context.lineJoin = "round";
  context.beginPath();
  for (let i = 0; i < xs.length; i += 1) context.lineTo(p.x(xs[i]), p.y(ys[i]));
  context.stroke();
  context.restore();
}

// Markers differ in shape, so that classes can be told apart without colours.
const SHAPES = [0, 4, 3, 5, -4, -3, 6, 8, -5, -6];

function marker(context, x, y, kind, fill, isHollow, radius) {
  const corners = SHAPES[kind % SHAPES.length];
  context.beginPath();
  if (!corners) context.arc(x, y, radius, 0, 2 * Math.PI);
  for (let i = 0; i < Math.abs(corners); i += 1) {
    const turn = (2 * Math.PI * i) / Math.abs(corners) + (corners === 4 ? Math.PI / 4 : (Math.sign(corners) * Math.PI) / -2);
    context.lineTo(x + 1.2 * radius * Math.cos(turn), y + 1.2 * radius * Math.sin(turn));
  }
  context.closePath();
  context.fillStyle = isHollow ? colour("surface") : fill;
  context.strokeStyle = isHollow ? fill : colour("surface");
  context.lineWidth = isHollow ? 1.8 : 0.8;
  context.fill();
  context.stroke();
}
