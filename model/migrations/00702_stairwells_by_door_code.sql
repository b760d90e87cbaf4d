-- +goose Up
CREATE UNIQUE INDEX stairwells_by_door_code ON stairwells (door_code_hash);
