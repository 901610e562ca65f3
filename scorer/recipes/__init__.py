"""How ``promo run`` is started every night: by cron, Windows, Docker, Airflow or Dagster; filled in for a workspace."""
