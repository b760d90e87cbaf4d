-- +goose Up
CREATE INDEX households_by_building ON households (building_id, id);
