-- +goose Up
CREATE UNIQUE INDEX team_members_once_live ON team_members (unit_id, role, name, live);
