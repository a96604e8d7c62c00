package borough

import "math/rand/v2"

// dice draw from one generator.
type dice struct{ random *rand.Rand }

// chance is true in so many of a hundred cases.
func (d dice) chance(percent float64) bool { return d.random.Float64()*100 < percent }

// between is a whole number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.random.IntN(high-low+1) }

func (d dice) pick(from ...string) string { return oneOf(d.random, from) }

// oneOf draws one of a list.
func oneOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
