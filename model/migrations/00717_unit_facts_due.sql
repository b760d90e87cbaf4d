-- +goose Up
CREATE INDEX unit_facts_due ON unit_facts (applied, valid_from, unit_id);
