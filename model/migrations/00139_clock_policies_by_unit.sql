-- +goose Up
CREATE UNIQUE INDEX clock_policies_by_unit ON clock_policies (unit_id, category, version);
