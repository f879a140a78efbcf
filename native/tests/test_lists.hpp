#pragma once
#include "kernels/lists.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

// A batch of inputs (B, n), two in three zero, and the lists that are made of it
struct Listed {
  int64_t n, B;
  Array<float> x;
  Array<uint8_t> pixels;
  Array<int64_t> marks, rows;
  Array<Range> columns;
  Array<Entry> by_row, by_column;
  Plan plan{};
  Lists lists{};

  Listed(int64_t n, int64_t B, bool bytes, Noise noise = {}) : n(n), B(B), x(n * B), columns(n) {
    lists.marks = (n + COLUMNS_A_MARK - 1) / COLUMNS_A_MARK;
    marks.resize(B * (lists.marks + 1));
    by_row.resize(B * (n + SPILL)), by_column.resize(B * n + SPILL);
    lists.mark = marks.data(), lists.column = columns.data();
    lists.by_row = by_row.data(), lists.by_column = by_column.data();
    for (float &each : x) each = noise() < -0.3f ? noise() : 0;
    if (bytes)
      for (float &each : x) {
        pixels.push_back(static_cast<uint8_t>(each < 0 ? 255 * -each : 255 * each));
        each = pixels.back() / 255.0f;
      }
    for (int64_t b = 0; b < B; ++b) rows.push_back(b);
    plan.n0 = n, plan.floats = x.data();
    if (bytes) plan.pixels = pixels.data();
    list_rows(plan, lists, rows.data(), {0, B / 2});  // as two threads do
    list_rows(plan, lists, rows.data(), {B / 2, B});
    const int64_t middle = lists.marks / 2;
    list_columns(lists, n, B, {0, middle});
    list_columns(lists, n, B, {middle, lists.marks});
  }
};

static bool list_is_right(const Listed &l) {
  Array<float> by_row(l.n * l.B), by_column(l.n * l.B);
  bool ordered = true;
  for (int64_t b = 0; b < l.B; ++b)
    for (int64_t mark = 0; mark < l.lists.marks; ++mark) {
      const Range run = between(l.lists, b, mark, mark + 1);
      for (int64_t e = run.from; e < run.to; ++e) {
        const Entry &entry = l.lists.by_row[e];
        ordered = ordered && entry.at / COLUMNS_A_MARK == mark &&
                  (e == run.from || entry.at > l.lists.by_row[e - 1].at);
        by_row[b * l.n + entry.at] = entry.value;
      }
    }
  for (int64_t i = 0; i < l.n; ++i)
    for (int64_t e = l.lists.column[i].from; e < l.lists.column[i].to; ++e)
      by_column[l.lists.by_column[e].at * l.n + i] = l.lists.by_column[e].value;
  bool close = true;
  for (int64_t at = 0; at < l.n * l.B; ++at)
    close = close && near(by_row[at], l.x[at], 1e-7) && (by_row[at] != 0) == (l.x[at] != 0);
  return all_hold({expect(ordered, "entries stand by their columns"),
                   expect(close, "a list by rows"),
                   expect(by_column == by_row, "a list by columns")});
}

static bool lists_hold() {
  bool good = true;
  for (int64_t n : {1, 7, 31, 32, 33, 64, 65, 100, 784})
    for (bool bytes : {false, true}) good = list_is_right(Listed(n, 5, bytes)) && good;
  return good;
}

}  // namespace spusk::SPUSK_ISA
