-- +goose Up
CREATE INDEX residences_by_household ON residences (household_id, status);
