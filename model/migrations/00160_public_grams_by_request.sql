-- +goose Up
CREATE INDEX public_grams_by_request ON public_grams (request_id);
