-- +goose Up
CREATE INDEX duty_events_by_shift ON duty_events (shift_id, id);
