-- +goose Up
CREATE INDEX push_slots_by_date ON push_slots (date, unit_id);
