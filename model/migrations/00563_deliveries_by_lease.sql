-- +goose Up
CREATE INDEX deliveries_by_lease ON deliveries (status, lease_until);
