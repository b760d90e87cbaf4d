-- +goose Up
CREATE INDEX households_by_estate ON households (estate_id, id);
