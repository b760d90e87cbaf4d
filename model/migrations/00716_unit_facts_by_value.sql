-- +goose Up
CREATE INDEX unit_facts_by_value ON unit_facts (field, value, unit_id);
