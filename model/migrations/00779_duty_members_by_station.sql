-- +goose Up
CREATE UNIQUE INDEX duty_members_by_station ON duty_members (station_id, live, user_id);
