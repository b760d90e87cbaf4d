package model_test

import (
	"math"
	"testing"

	"jinlin/model"
)

func TestMetresBetweenPositions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to model.Position
		metres   float64
	}{
		{model.PositionAt(38.48417, 112.9634), model.PositionAt(38.48417, 112.9634), 0},
		{model.PositionAt(38.48417, 112.9634), model.PositionAt(38.48507, 112.9634), 100}, // 0.0009° to the north
		{model.PositionAt(39.9042, 116.4074), model.PositionAt(31.2304, 121.4737), 1_067_000},
		{model.PositionAt(0, 179.999), model.PositionAt(0, -179.999), 222},
		{model.PositionAt(90, 0), model.PositionAt(-90, 0), 20_015_000},
	} {
		got, ok := c.from.Metres(c.to)
		if back, _ := c.to.Metres(c.from); !ok || math.Abs(got-c.metres) > 1+c.metres/100 || got != back {
			t.Errorf("from %s to %s: %f and back %f, %t", c.from, c.to, got, back, ok)
		}
	}
	for _, nowhere := range []model.Position{"", "38", "38,", "x,y", "91,0", "0,181", "NaN,0"} {
		if _, ok := nowhere.Metres(model.PositionAt(0, 0)); ok {
			t.Errorf("%q is somewhere", nowhere)
		}
	}
}

func TestRoughlyIsWithinATenthOfAKilometre(t *testing.T) {
	t.Parallel()
	for where, want := range map[model.Position]model.Position{
		model.PositionAt(38.48417, 112.9634):  model.PositionAt(38.484, 112.963),
		model.PositionAt(38.48451, 112.9636):  model.PositionAt(38.485, 112.964),
		model.PositionAt(-38.4846, -112.9636): model.PositionAt(-38.485, -112.964),
		"":                                    "", "somewhere": "",
	} {
		if got := where.Roughly(); got != want {
			t.Errorf("%s: %s, not %s", where, got, want)
		}
	}
}

// TestGPSOnMaps: points whose places on Chinese maps are published, and one elsewhere.
func TestGPSOnMaps(t *testing.T) {
	t.Parallel()
	for gps, want := range map[[2]float64]model.Position{
		{31.1774276, 121.5272106}: "31.175304,121.531542",
		{22.543847, 113.912316}:   "22.540796,113.917176",
		{39.911954, 116.377817}:   "39.913345,116.384047",
		{37.774900, -122.419400}:  "37.774900,-122.419400",
	} {
		if got := model.PositionOfGPS(gps[0], gps[1]); got != want {
			t.Errorf("%v: %s instead of %s", gps, got, want)
		}
	}
}
