-- +goose Up
CREATE UNIQUE INDEX stairwells_by_name ON stairwells (building_id, name, live);
