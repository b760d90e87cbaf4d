package model

import (
	"maps"
	"slices"

	"jinlin/model/fault"
)

// arrows are a state machine as data: from each state, where each move leads.
type arrows[S, M ~string] map[S]map[M]S

// from follows a move. Fault: illegal_transition, naming the state and its legal moves, without those
// that nobody makes by hand.
func (a arrows[S, M]) from(state S, move M, hidden ...M) (S, error) {
	if next, legal := a[state][move]; legal {
		return next, nil
	}
	allowed := []string{}
	for _, m := range slices.Sorted(maps.Keys(a[state])) {
		if !slices.Contains(hidden, m) {
			allowed = append(allowed, string(m))
		}
	}
	return state, fault.IllegalMove(string(state), allowed)
}
