-- +goose Up
CREATE INDEX grid_leads_by_grid ON grid_leads (grid_id, id);
