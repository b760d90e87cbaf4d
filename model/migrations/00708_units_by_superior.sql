-- +goose Up
CREATE INDEX units_by_superior ON units (superior_id, id);
