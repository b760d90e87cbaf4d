-- +goose Up
CREATE INDEX lineages_by_successor ON lineages (successor_id, predecessor_id);
