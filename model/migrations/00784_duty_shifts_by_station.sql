-- +goose Up
CREATE INDEX duty_shifts_by_station ON duty_shifts (station_id, date);
