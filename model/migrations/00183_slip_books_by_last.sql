-- +goose Up
CREATE INDEX slip_books_by_last ON slip_books (last_slip);
