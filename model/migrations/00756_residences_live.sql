-- +goose Up
CREATE UNIQUE INDEX residences_live ON residences (live_key);
