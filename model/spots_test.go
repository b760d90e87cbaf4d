package model_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"jinlin/model"
)

// Wherever in China something is, what lies within 150 metres is found by the spots that are asked
// for, and of what lies a kilometre away nothing.
func TestWhatIsNearSharesASpot(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	building := model.UnitID{15: 3}
	for range 20_000 {
		latitude, longitude := 18+35*random.Float64(), 73+62*random.Float64()
		away := func(metres float64) model.Position {
			sin, cos := math.Sincos(2 * math.Pi * random.Float64())
			return model.PositionAt(latitude+metres*sin/111_195, longitude+metres*cos/111_195/math.Cos(latitude*math.Pi/180))
		}
		asked := model.SpotsNear("care", model.PositionAt(latitude, longitude))
		shares := func(p model.Position) bool {
			return slices.ContainsFunc(model.SpotsOf("care", building, p), func(spot int64) bool { return slices.Contains(asked, spot) })
		}
		if near := away(150 * random.Float64()); !shares(near) {
			t.Fatalf("%s is near to %f, %f", near, latitude, longitude)
		}
		if far := away(1000); shares(far) {
			t.Fatalf("%s is far from %f, %f", far, latitude, longitude)
		}
	}
}

func TestSpotsAreNoPairsOfCharacters(t *testing.T) {
	t.Parallel()
	building, here := model.UnitID{15: 3}, model.PositionAt(38.48417, 112.9634)
	spots := model.SpotsOf("care", building, here)
	cells := slices.DeleteFunc(slices.Clone(spots), func(spot int64) bool { return spot < model.CellSpot })
	if len(spots) != 2 || len(cells) != 1 || slices.Min(spots) <= math.MaxUint32 {
		t.Errorf("%v", spots)
	}
	if slices.ContainsFunc(slices.Concat(model.SpotsNear("greening", here), model.SpotsIn("greening", building)), func(spot int64) bool { return slices.Contains(spots, spot) }) {
		t.Error("another category shares a spot")
	}
	for _, none := range [][]int64{
		model.SpotsOf("care", model.UnitID{}, here), model.SpotsIn("care", model.UnitID{}), model.SpotsNear("care", ""), model.SpotsNear("care", "91,0"),
	} {
		if len(none) > 0 {
			t.Errorf("%v", none)
		}
	}
	in, near := model.SpotsIn("care", building), model.SpotsNear("care", here)
	if len(in) != 1 || len(near) != 9 || !slices.Contains(in, spots[1]) || !slices.Contains(near, spots[0]) {
		t.Errorf("%v, %v and %v", in, near, spots)
	}
}
