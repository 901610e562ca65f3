"""Does another engine give the answers this one gave? A thousand rows and their answers travel with the product."""
