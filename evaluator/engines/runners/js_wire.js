// What a grader and a candidate say to each other: plain data as JSON over a pair of
// pipes, length before text. Both begin with this file.
//
// What JSON has no form for is a list of a letter and what belongs to it. A function
// travels as the number under which its owner knows it ("h", the candidate's; "b",
// the grader's) and is only ever called by its owner.
"use strict";
const fs = require("fs");
const FROM = 3, TO = 4, LIMIT = 1 << 26;

class Gone extends Error {
  constructor(fault, text) {
    super(text);
    this.fault = fault;
  }
}

function encode(value, owned) {
  const each = (values) => Array.from(values, (item) => encode(item, owned));
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0) ? value : ["n", encodeOdd(value)];
  if (value === undefined || typeof value === "symbol") return ["u"];
  if (typeof value === "bigint") return ["i", value.toString()];
  if (typeof value === "function") return owned(value);
  if (Array.isArray(value)) return ["a", each(value)];
  if (value instanceof Map) return ["m", each(Array.from(value).flat(1))];
  if (value instanceof Set) return ["s", each(value)];
  if (value instanceof Date) return ["d", encode(value.getTime(), owned)];
  return ["o", each(Object.entries(value).flat(1))];
}

function encodeOdd(value) {
  return Object.is(value, -0) ? "-0" : String(value);
}

function decode(value, owned) {
  if (!Array.isArray(value)) return value;
  const [letter, of] = value;
  const all = () => of.map((item) => decode(item, owned));
  switch (letter) {
    case "n": return Number(of);
    case "u": return undefined;
    case "i": return BigInt(of);
    case "a": return all();
    case "m": return new Map(pairs(all()));
    case "s": return new Set(all());
    case "d": return new Date(decode(of, owned));
    case "o": return Object.fromEntries(pairs(all()));
    case "h": case "b": return owned(letter, of);
    default: throw new Gone("error", "what it says has no form");
  }
}

function pairs(flat) {
  const out = [];
  for (let i = 0; i + 1 < flat.length; i += 2) out.push([flat[i], flat[i + 1]]);
  return out;
}

function send(value, owned) {
  const text = Buffer.from(JSON.stringify(encode(value, owned)));
  const head = Buffer.from(text.length.toString(16).padStart(8, "0"));
  const data = Buffer.concat([head, text]);
  try {
    for (let at = 0; at < data.length;) at += fs.writeSync(TO, data, at);
  } catch (error) {
    throw new Gone("unfinished", "it ended before its tests did");
  }
}

function receive(owned) {
  const text = take(parseInt(take(8).toString(), 16));
  try {
    return decode(JSON.parse(text.toString()), owned);
  } catch (error) {
    throw new Gone("error", "what it says has no form: " + error.name);
  }
}

function take(n) {
  if (!(n >= 0 && n <= LIMIT)) throw new Gone("error", "what it says has no length");
  const data = Buffer.alloc(n);
  for (let at = 0; at < n;) {
    const got = fs.readSync(FROM, data, at, n - at);
    if (!got) throw new Gone("unfinished", "it ended before its tests did");
    at += got;
  }
  return data;
}
