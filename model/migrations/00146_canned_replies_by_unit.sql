-- +goose Up
CREATE INDEX canned_replies_by_unit ON canned_replies (unit_id, id);
