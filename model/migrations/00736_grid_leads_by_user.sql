-- +goose Up
CREATE INDEX grid_leads_by_user ON grid_leads (user_id, id);
