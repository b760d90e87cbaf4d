-- +goose Up
CREATE INDEX box_openings_by_box ON box_openings (box_id, id);
