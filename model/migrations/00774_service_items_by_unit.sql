-- +goose Up
CREATE INDEX service_items_by_unit ON service_items (unit_id, live, id);
