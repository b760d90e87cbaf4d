// Package suggestion finds open requests that are like one that somebody is about to submit,
// so that they can follow it in place of writing the same again.
//
// Only what the public board shows is suggested. What is near comes first: the same building,
// where the board names it, or 150 metres from where both were marked on a map, then the same
// estate, then the same community. Of a request whose building the board does not name the mark
// counts for nothing: asking from many places must not tell where it is; of others it is rough. How
// alike the words are is the share of pairs of neighbouring characters that both texts have. What is of the
// same category in the same building or nearby is suggested whatever its words: people call one
// dark staircase by many names.
//
// Candidates come from an inverted index of such pairs and of buildings and squares of the map,
// which holds public versions of open requests only and is kept by whoever shows and hides them.
// A look asks for at most 32 pairs and ten spots and reads at most the newest thirty-two requests of
// each, so that it costs much the same among a thousand requests and among a million; only two
// dozen for their words, eight in the same building and sixteen in the squares around are compared
// in full, each of these for themselves, because many in one would stand before those in another. Hashes of
// whole texts (MinHash bands) were weighed and left out: requests are short, two ways of saying
// the same share a third of their pairs at most, and bands that find those find half the county.
package suggestion

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/board"
	"jinlin/service/org"
)

// Service suggests.
type Service struct {
	store *store.Store
	org   *org.Service
	board *board.Service
}

// New makes the service.
func New(s *store.Store, o *org.Service, b *board.Service) *Service {
	return &Service{store: s, org: o, board: b}
}

// Draft is what somebody is about to submit.
type Draft struct {
	Text       string
	Category   string // may be empty
	EstateID   model.UnitID
	BuildingID model.UnitID // may be zero
	Position   model.Position
}

// Nearness is how near a request is to a draft.
type Nearness string

// The kinds of nearness, nearest first.
const (
	SameBuilding  Nearness = "building"
	Nearby        Nearness = "nearby"
	SameEstate    Nearness = "estate"
	SameCommunity Nearness = "community"
)

// bonus is what nearness is worth beside likeness: as much as that share of the words.
var bonus = map[Nearness]float64{SameBuilding: 0.2, Nearby: 0.15, SameEstate: 0.1}

// nearby is how many metres two marks are apart at most: a short walk, and no further than a map
// on a phone is wrong.
const nearby = 150

// sameCategory is worth something too.
const sameCategory = 0.1

// Suggestion is a request that is like the draft.
type Suggestion struct {
	board.Item
	Nearness Nearness
	Likeness float64 // of the words alone, from 0 to 1
	score    float64
}

// Bounds of what is compared and suggested. Below leastLikeness two texts about different
// things are as alike as two about the same.
const (
	compared      = 24 // for their words
	inBuilding    = 8
	inSquares     = 16
	suggested     = 5
	leastLikeness = 0.18
)

// Suggest gives at most five open requests that are like a draft, the most fitting one first.
// Faults: unauthenticated, invalid.
func (s *Service) Suggest(ctx context.Context, actor model.Actor, d Draft) ([]Suggestion, error) {
	if actor.Nobody() {
		return nil, fault.ErrUnauthenticated
	}
	chain, err := s.org.Chain(ctx, d.EstateID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if err != nil || len(chain) == 0 || chain[0].Kind != model.Estate {
		return nil, fault.InvalidField("estateId", "unknown", "没有找到这个地点。", "There is no such place.")
	}
	community := d.EstateID
	for _, unit := range chain {
		if unit.Kind == model.Community {
			community = unit.ID
		}
	}
	grams := model.Grams(d.Text)
	ids, err := s.candidates(ctx, community, d, model.Fewest(grams, model.AskedGrams))
	if err != nil {
		return nil, err
	}
	items, err := s.board.ShownOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return ranked(d, grams, items), nil
}

// candidates are the requests that share most words, and the newest of those that are where a draft is.
func (s *Service) candidates(ctx context.Context, community model.UnitID, d Draft, grams []int64) (ids []model.RequestID, err error) {
	for _, look := range []struct {
		grams []int64
		most  int
	}{
		{grams, compared},
		{model.SpotsIn(d.Category, d.BuildingID), inBuilding},
		{model.SpotsNear(d.Category, d.Position), inSquares},
	} {
		found, err := s.store.PublicGrams.ListAlike(ctx, community, look.grams, look.most)
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	slices.SortFunc(ids, model.RequestID.Compare)
	return slices.Compact(ids), nil
}

func ranked(d Draft, grams map[int64]bool, items []board.Item) []Suggestion {
	var found []Suggestion
	for _, item := range items {
		one := Suggestion{Item: item, Nearness: nearness(d, item)}
		one.Likeness = max(
			model.Likeness(grams, model.Grams(item.Title)),
			model.Likeness(grams, model.Grams(strings.TrimSpace(item.Title+" "+item.Text))),
		)
		one.score = one.Likeness + bonus[one.Nearness]
		akin, near := item.Category == d.Category, one.Nearness == SameBuilding || one.Nearness == Nearby
		if akin {
			one.score += sameCategory
		}
		if (one.Likeness >= leastLikeness || akin && near) && !item.Status.Ended() {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.score, a.score), b.RequestID.Compare(a.RequestID))
	})
	return found[:min(len(found), suggested)]
}

func nearness(d Draft, item board.Item) Nearness {
	metres, marked := d.Position.Metres(item.Position)
	switch {
	case !d.BuildingID.IsZero() && item.BuildingID == d.BuildingID:
		return SameBuilding
	case marked && metres <= nearby:
		return Nearby
	case item.EstateID == d.EstateID:
		return SameEstate
	}
	return SameCommunity
}
