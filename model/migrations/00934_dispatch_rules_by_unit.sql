-- +goose Up
CREATE UNIQUE INDEX dispatch_rules_by_unit ON dispatch_rules (unit_id, category, version);
