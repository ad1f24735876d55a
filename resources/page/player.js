// The player: reads the data of the page, builds its views and moves them through the run.

const PLAY_MS = 30;

function start() {
  const page = JSON.parse(document.getElementById("page-data").textContent);
  const { texts, frames } = page;
  const at = (id) => document.getElementById(id);
  describe(page, at);
  if (page.points.x) {
    page.points.x = unpacked(page.points.x);
    page.points.y = unpacked(page.points.y);
    page.points.parts = Array.from(unpacked(page.points.part));
  }
  for (const kept of [page.stored.map, page.stored.curve]) {
    for (const name of ["values", "winners", "x", "y"]) if (kept && kept[name]) kept[name] = unpacked(kept[name]);
  }
  const final = page.layers ? unpackedWeights(page.layout, page.weights) : null;
  const film = page.film ? unpacked(page.film) : null;
  const count = film ? film.length / frames.length : 0;
  const weightsAt = (frame) =>
    film && frame < frames.length - 1 ? named(page.layout, film.subarray(frame * count, (frame + 1) * count)) : final;

  const draws = [];
  if (page.view === "plane" && (film || page.stored.map)) draws.push(mapView(page, weightsAt));
  if (page.view === "curve" && (film || page.stored.curve)) draws.push(curveView(page, weightsAt));
  const { confusion } = page.stored;
  if (confusion && confusion[0].length) draws.push(confusionView(page, (frame) => confusion[frame]));
  for (const chart of page.charts) draws.push(chartView(page, chart));
  const isPoint = ["classes", "binary"].includes(page.output.form);
  if (page.view === "plane" && film && isPoint) draws.push(confusionView(page, pointMatrices(page, weightsAt), "charts"));
  const [channelCount, side] = page.in_shape;
  if (page.layers && page.in_shape.length === 3 && channelCount === 1 && [8, 28].includes(side)) {
    const areDigits = page.classes.length === 10 && page.classes.every((name, i) => name === String(i));
    if (side === page.in_shape[2] && isPoint && areDigits) padView(page, final);
  }

  const slider = at("position");
  const last = frames.length - 1;
  let playing = null;
  let time = 0;

  function show(frame) {
    slider.value = String(frame);
    const { step, epoch } = frames[frame];
    const text = filled(texts.moment, { epoch: epoch.toFixed(epoch < 100 ? 2 : 0), step });
    at("moment").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    for (const draw of draws) draw(frame);
  }

  function stop() {
    clearInterval(playing);
    playing = null;
    at("play").textContent = texts.play;
  }

  function advance() {
    time += (PLAY_MS / 1000) * Number(at("speed").value);
    let frame = Number(slider.value);
    while (frame < last && frames[frame + 1].time <= time) frame += 1;
    if (frame !== Number(slider.value)) show(frame);
    if (frame >= last) stop();
  }

  function play() {
    if (playing) {
      stop();
      return;
    }
    if (Number(slider.value) >= last) show(0);
    time = frames[Number(slider.value)].time;
    at("play").textContent = texts.pause;
    playing = setInterval(advance, PLAY_MS);
  }

  function moveTo(frame) {
    if (playing) stop();
    show(clipped(frame, 0, last));
  }

  slider.max = String(last);
  slider.setAttribute("aria-label", texts.position);
  slider.addEventListener("input", () => moveTo(Number(slider.value)));
  at("play").addEventListener("click", play);
  at("player").hidden = last < 1;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || last < 1) return;
    if (["SELECT", "INPUT", "BUTTON"].includes(event.target.tagName)) return;
    const now = Number(slider.value);
    const moves = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
    if (event.key in moves) moveTo(moves[event.key]);
    else if (event.key === " ") play();
    else return;
    event.preventDefault();
  });

  const redraw = () => show(Number(slider.value));
  window.addEventListener("resize", redraw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // A printed page is a report: the end of the run, in the light colours.
  window.addEventListener("beforeprint", () => {
    document.documentElement.dataset.print = "yes";
    moveTo(last);
  });
  window.addEventListener("afterprint", () => {
    delete document.documentElement.dataset.print;
    redraw();
  });
  stop();
  show(last);
  document.documentElement.dataset.ready = "yes";
}

function describe(page, at) {
  const { texts } = page;
  at("title").textContent = page.title;
  at("about").textContent = page.about;
  at("notes").textContent = page.notes.join(" ");
  at("notes").hidden = !page.notes.length;
  at("speed-name").textContent = texts.speed;
  at("scores-title").textContent = texts.scores;
  at("facts-title").textContent = texts.facts;
  at("scores-card").hidden = !page.scores.rows.length;
  const head = element("thead");
  const names = element("tr");
  names.append(...["", ...page.scores.columns].map((name) => element("th", name)));
  head.append(names);
  const body = element("tbody");
  for (const [name, ...cells] of page.scores.rows) {
    const row = element("tr");
    row.append(element("th", name), ...cells.map((text) => element("td", text)));
    body.append(row);
  }
  at("scores").append(head, body);
  for (const [name, value] of page.facts) at("facts").append(element("dt", name), element("dd", value));
}

start();
