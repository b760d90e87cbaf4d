-- +goose Up
CREATE UNIQUE INDEX households_by_room ON households (stairwell_id, room, live);
