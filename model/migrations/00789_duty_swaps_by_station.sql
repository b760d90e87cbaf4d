-- +goose Up
CREATE INDEX duty_swaps_by_station ON duty_swaps (station_id, open, id);
