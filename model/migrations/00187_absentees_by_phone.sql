-- +goose Up
CREATE INDEX absentees_by_phone ON absentees (phone_hash, id);
