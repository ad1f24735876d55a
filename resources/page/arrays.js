// Arrays of numbers as text: little-endian bytes in base64.

function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// Return the numbers of a packed array. "int8" has a factor for each row of weights.
function unpacked(packed) {
  const bytes = bytesOf(packed.data);
  const view = new DataView(bytes.buffer);
  const width = { float32: 4, float16: 2, int8: 1, uint8: 1 }[packed.type];
  const found = new Float32Array(bytes.length / width);
  const read = {
    float32: (i) => view.getFloat32(4 * i, true),
    float16: (i) => half(view.getUint16(2 * i, true)),
    int8: (i) => view.getInt8(i),
    uint8: (i) => view.getUint8(i),
  }[packed.type];
  for (let i = 0; i < found.length; i += 1) found[i] = read(i);
  return found;
}

// Return the weights by name that lie one after another in a row of numbers.
function named(layout, row) {
  const found = {};
  let start = 0;
  for (const [name, shape] of layout) {
    const end = start + size(shape);
    found[name] = row.subarray(start, end);
    start = end;
  }
  return found;
}

// Return the packed weights of a network by name.
function unpackedWeights(layout, packed) {
  const row = unpacked(packed);
  const weights = named(layout, row);
  if (packed.type !== "int8") return weights;
  const factors = unpacked(packed.factors);
  let first = 0;
  for (const [name, shape] of layout) {
    const rows = shape.length > 1 ? shape[0] : 1;
    const length = weights[name].length / rows;
    weights[name].forEach((v, i) => {
      weights[name][i] = v * factors[first + Math.floor(i / length)];
    });
    first += rows;
  }
  return weights;
}
