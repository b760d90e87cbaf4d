-- +goose Up
CREATE INDEX residences_by_building ON residences (building_id, status);
