-- +goose Up
CREATE INDEX roster_entries_by_room ON roster_entries (building_id, stairwell, room);
