-- +goose Up
CREATE INDEX team_members_by_unit ON team_members (unit_id, id);
