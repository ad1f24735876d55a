// Turns a drawn digit into a sample like those of MNIST (28×28) or of the digits of scikit-learn (8×8).
// An image is {rows, columns, values}, 255 for ink; nnplay/data/new_samples/drawing.py has the same steps.

const INK = 40;

function resized(image, rows, columns) {
  const down = shares(image.rows, rows);
  const across = shares(image.columns, columns);
  const between = new Float64Array(image.rows * columns);
  for (let row = 0; row < image.rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      for (const [old, share] of across[column]) sum += share * image.values[row * image.columns + old];
      between[row * columns + column] = sum;
    }
  }
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (const [old, share] of down[row]) {
      for (let column = 0; column < columns; column += 1) {
        values[row * columns + column] += share * between[old * columns + column];
      }
    }
  }
  return { rows, columns, values };
}

// Return for each new pixel the old ones that it covers, with their shares of its area.
function shares(before, after) {
  return Array.from({ length: after }, (_, i) => {
    const start = (i * before) / after;
    const end = ((i + 1) * before) / after;
    const found = [];
    for (let old = Math.floor(start); old < Math.min(before, Math.ceil(end)); old += 1) {
      const covered = Math.min(end, old + 1) - Math.max(start, old);
      if (covered > 0) found.push([old, (covered * after) / before]);
    }
    return found;
  });
}

function box(image) {
  let [top, bottom, left, right] = [image.rows, -1, image.columns, -1];
  for (let row = 0; row < image.rows; row += 1) {
    for (let column = 0; column < image.columns; column += 1) {
      if (image.values[row * image.columns + column] > INK) {
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
        left = Math.min(left, column);
        right = Math.max(right, column);
      }
    }
  }
  if (bottom < 0) return null;
  const [rows, columns] = [bottom - top + 1, right - left + 1];
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      values[row * columns + column] = image.values[(top + row) * image.columns + left + column];
    }
  }
  return { rows, columns, values };
}

const rounded = (values) => values.map((v) => clipped(even(v), 0, 255));

function asDrawn(image, side) {
  return rounded(resized(image, side, side).values);
}

function asInMnist(image) {
  const side = 28;
  const found = new Float64Array(side * side);
  const ink = box(image);
  if (!ink) return found;
  const scale = 20 / Math.max(ink.rows, ink.columns);
  const digit = resized(ink, Math.max(1, even(ink.rows * scale)), Math.max(1, even(ink.columns * scale)));
  let [sum, rowSum, columnSum] = [0, 0, 0];
  digit.values.forEach((v, i) => {
    sum += v;
    rowSum += v * Math.floor(i / digit.columns);
    columnSum += v * (i % digit.columns);
  });
  // The centre of mass is moved to pixel 14, by whole pixels.
  const top = clipped(Math.ceil(14 - rowSum / sum - 0.5), 0, side - digit.rows);
  const left = clipped(Math.ceil(14 - columnSum / sum - 0.5), 0, side - digit.columns);
  digit.values.forEach((v, i) => {
    found[(top + Math.floor(i / digit.columns)) * side + left + (i % digit.columns)] = v;
  });
  return rounded(found);
}

function asInDigits(image) {
  const counts = new Float64Array(64);
  const ink = box(image);
  if (!ink) return counts;
  const width = Math.max(1, Math.min(20, even((ink.columns * 32) / ink.rows)));
  const digit = resized(ink, 32, width);
  const left = Math.floor((32 - width) / 2);
  digit.values.forEach((v, i) => {
    const row = Math.floor(i / width);
    const column = left + (i % width);
    if (v > 0.3 * 255) counts[Math.floor(row / 4) * 8 + Math.floor(column / 4)] += 1;
  });
  return rounded(counts.map((v) => (v * 255) / 16));
}
