-- +goose Up
CREATE INDEX slips_by_opening ON slips (opening_id, number);
