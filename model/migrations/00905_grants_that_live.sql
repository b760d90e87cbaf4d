-- +goose Up
UPDATE grants SET live = TRUE WHERE id IN (
    SELECT id FROM (SELECT MIN(id) AS id FROM grants WHERE valid_to IS NULL GROUP BY user_id, role, unit_id) AS firsts
);
