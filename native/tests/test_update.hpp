#pragma once
#include "kernels/update.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

// Whole vectors and the last few weights take the same step, with the states that lie beside
template <class Rule>
static bool update_holds_for(Rule) {
  Noise noise;
  const int64_t count = 2 * LANES, lead = LANES + 3;
  Array<float> weights = noise.many(count), states = noise.many(Rule::STATES * lead);
  Array<float> gradient = noise.many(count);
  for (float &state : states) state = std::fabs(state);  // such as a mean of squares
  const double parameters[MOST_PARAMETERS] = {0.5, 0.25, 0.125, 0.0625};
  const Rate rate = rate_of<Rule>(0.5f, parameters, 3);
  Array<float> w = weights, s = states;
  Update<Rule> update;
  if constexpr (!Rule::LINEAR) update = {states_of(w.data(), s.data(), lead, &rate)};
  update(w.data(), load(gradient.data()));
  update(w.data() + LANES, load(gradient.data() + LANES), 3);
  bool good = true;
  for (int64_t i = 0; i < count; ++i) {
    vf state[Rule::STATES + 1];
    for (int64_t k = 0; k < Rule::STATES; ++k) state[k] = all(i < lead ? states[k * lead + i] : 0);
    vf wanted = Rule{}(all(weights[i]), all(gradient[i]), state, rate);
    const bool moves = i < lead;
    good = good && w[i] == (moves ? wanted[0] : weights[i]);
    for (int64_t k = 0; k < Rule::STATES && moves; ++k)
      good = good && s[k * lead + i] == state[k][0];
  }
  const vf still = Rule{}(vf{}, vf{}, std::array<vf, Rule::STATES + 1>{}.data(), rate);
  return all_hold({expect(good, Rule::NAME), expect(still[0] == 0, "padding stays zero")});
}

static bool update_holds() {
  bool good = true;
  for (int i = 0; i < Updates::COUNT; ++i)
    Updates::choose(i, [&](auto rule) { good = update_holds_for(rule) && good; });
  return good;
}

}  // namespace spusk::SPUSK_ISA
