-- +goose Up
CREATE INDEX sealed_identities_by_person ON sealed_identities (person_hash, id);
