-- +goose Up
CREATE UNIQUE INDEX chain_links_by_row ON chain_links (chain, row_id);
