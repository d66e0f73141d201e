-- What a minute looks for must cost what is found, and not what there is: quotes whose run may never have been written down, and wallets in which a hold expires.
CREATE INDEX quotes_used ON quotes (created_at) WHERE status = 'used';
CREATE INDEX wallets_by_expiry ON wallets (next_expiry) WHERE next_expiry IS NOT NULL;
